/** Where container engines mount images and volumes; they make these mounts anew. */
const CONTAINER_DIRECTORIES = [
  "/run",
  "/var/lib/containerd",
  "/var/lib/containers",
  "/var/lib/docker",
  "/var/lib/incus",
  "/var/lib/kubelet",
  "/var/lib/lxc",
  "/var/lib/lxd",
  "/var/lib/rancher",
  "/var/snap/docker",
  "/var/snap/lxd",
  "/var/snap/microk8s",
];

/** The directory of a container engine in which a mount point lies, undefined for any other mount point. */
export function containerDirectory(at: string): string | undefined {
  return CONTAINER_DIRECTORIES.find((directory) => at.startsWith(`${directory}/`));
}
