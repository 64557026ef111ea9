/** The machine of another site: by its DMI UUID, and by where its adapters sit on the PCI bus. */
const otherMachine = "0d5ea5e0-51fe-4000-8000-0000000000d5";
const addresses: Readonly<Record<string, string>> = { hba0: "0x10", hba1: "0x13" };

/** QEMU's arguments of a VM, moved to another site: no path to a disk there is what it was. */
export function atOtherSite(argv: readonly string[]): readonly string[] {
  return argv.map((word, index) => {
    if (argv[index - 1] === "-uuid") return otherMachine;
    const adapter = /^virtio-scsi-pci,id=(\w+)$/.exec(word)?.[1];
    return adapter === undefined ? word : `${word},addr=${addresses[adapter] ?? ""}`;
  });
}
