import type { VmSpec } from "./vm.js";

/** The lab's server is the same machine, by its DMI UUID, before and after its disks were lost. */
const machineUuid = "6d0f2a54-3b7e-4f57-9c55-1ab000000001";

/**
 * QEMU's arguments for a VM. Always TCG with one CPU: KVM is absent on most CI runners and hangs on others, and under
 * TCG a second CPU costs more in cross-CPU TLB flushes than it brings; `qemu64`, since the features of larger CPU models
 * have to be emulated too. Nothing but what the VM needs is attached: the boot ROM of a network card costs a second.
 */
export function qemuArguments(spec: VmSpec, share: string, serialLog: string): readonly string[] {
  return [
    ...["-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-serial", `file:${serialLog}`],
    ...["-machine", "pc", "-accel", "tcg,thread=multi", "-cpu", "qemu64", "-smp", "1"],
    ...["-m", String(spec.memoryMiB ?? 1536), "-uuid", machineUuid],
    ...(spec.clock === undefined ? [] : ["-rtc", `base=${spec.clock}`]),
    ...["-object", "rng-random,id=rng,filename=/dev/urandom", "-device", "virtio-rng-pci,rng=rng"],
    ...["-fsdev", `local,id=lab,path=${share},security_model=none,multidevs=remap`],
    ...["-device", "virtio-9p-pci,fsdev=lab,mount_tag=lab"],
    ...bootArguments(spec),
    ...lunArguments(spec),
  ];
}

function bootArguments({ boot, image }: VmSpec): readonly string[] {
  if (boot.from === "lun") return ["-boot", "c"];
  const kernelArguments = ["console=ttyS0", "quiet", "panic=-1", "mitigations=off", "tsc=reliable"];
  if (boot.multipath) kernelArguments.push("lab.multipath");
  if (boot.systemd) kernelArguments.push("lab.systemd");
  if (boot.hidden) kernelArguments.push("scsi_mod.scan=manual");
  return [
    ...["-kernel", image.vmlinux, "-initrd", image.initrd, "-append", kernelArguments.join(" ")],
    ...["-drive", `if=none,id=root,file=${image.root},format=raw,snapshot=on,cache=unsafe`],
    ...["-device", "virtio-blk-pci,drive=root"],
  ];
}

/** Each LUN is one block node that all adapters show, with the same WWN: as many paths. */
function lunArguments({ boot, luns, paths = 2 }: VmSpec): readonly string[] {
  if (luns.length === 0) return [];
  const adapters = Array.from({ length: paths }, (_, at) => `hba${at}`);
  const list = adapters.flatMap((adapter) => ["-device", `virtio-scsi-pci,id=${adapter}`]);
  for (const [scsiId, { identity, file, readOnly, bytesPerSecond }] of luns.entries()) {
    const image = `image${scsiId}`;
    const node = bytesPerSecond === undefined ? image : `slow${scsiId}`;
    list.push(
      "-blockdev",
      `driver=qcow2,node-name=${image},read-only=${readOnly === true ? "on" : "off"},discard=unmap,cache.no-flush=on,file.driver=file,file.filename=${file},file.cache.no-flush=on`,
    );
    if (bytesPerSecond !== undefined) {
      list.push("-object", `throttle-group,id=rate${scsiId},x-bps-total=${bytesPerSecond}`);
      list.push("-blockdev", `driver=throttle,node-name=${node},throttle-group=rate${scsiId},file=${image}`);
    }
    for (const [at, adapter] of adapters.entries()) {
      const bootIndex = boot.from === "lun" && boot.lun === identity && at === 0 ? ",bootindex=1" : "";
      list.push(
        "-device",
        `scsi-hd,drive=${node},bus=${adapter}.0,scsi-id=${scsiId},serial=${identity.serial},wwn=${identity.wwn},share-rw=on,vendor=LAB,product=LUN${bootIndex}`,
      );
    }
  }
  return list;
}
