/**
 * What stands behind a type of filesystem. What is in none of the two lists is taken for a filesystem on a block
 * device, and is a finding where it has none.
 */

/** Made by the kernel, or in memory, or out of other mounts (overlay): nothing of it is on a block device of its own. */
const PSEUDO = new Set(
  `proc sysfs devtmpfs devpts tmpfs ramfs rootfs securityfs cgroup cgroup2 cpuset pstore efivarfs bpf debugfs tracefs
   configfs hugetlbfs mqueue autofs binfmt_misc rpc_pipefs nfsd selinuxfs smackfs nsfs resctrl usbfs usbdevfs
   openpromfs spufs xenfs s390_hypfs hypfs fusectl functionfs sockfs pipefs overlay aufs unionfs
   fuse.lxcfs fuse.gvfsd-fuse fuse.portal fuse.vmware-vmblock`.split(/\s+/),
);

/** Comes from another machine. */
const REMOTE = new Set(
  `nfs nfs4 cifs smb3 smbfs ncpfs afs ceph 9p virtiofs lustre beegfs gpfs glusterfs coda vboxsf vmhgfs prl_fs
   fuse.sshfs fuse.glusterfs fuse.ceph fuse.ceph-fuse fuse.s3fs fuse.rclone fuse.davfs fuse.curlftpfs davfs
   fuse.vmhgfs-fuse`.split(/\s+/),
);

/** Shows directories of other mounts: a mount point in it is a directory there. */
const STACKED = new Set(["overlay", "aufs", "unionfs"]);

/** True where nothing in it outlives the running system, not even a mount point. */
export function isInMemory(type: string): boolean {
  return isPseudo(type) && !STACKED.has(type);
}

export function isPseudo(type: string): boolean {
  return PSEUDO.has(type);
}

export function isRemote(type: string): boolean {
  return REMOTE.has(type);
}
