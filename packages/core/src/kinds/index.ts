import { bootKind } from "./boot/index.js";
import { dasdKind } from "./dasd/index.js";
import { diskKind } from "./disk/index.js";
import { extKind } from "./ext/index.js";
import type { Kind } from "./kind.js";
import { lvmKind } from "./lvm/index.js";
import { mountKind } from "./mount/index.js";
import { multipathKind } from "./multipath/index.js";
import { partitionTableKind } from "./partition-table/index.js";
import { swapKind } from "./swap/index.js";
import { vfatKind } from "./vfat/index.js";

/** All storage kinds, in the order in which they add to a layout: what is below comes first. */
export const kinds: readonly Kind[] = [
  diskKind,
  dasdKind,
  multipathKind,
  partitionTableKind,
  lvmKind,
  extKind,
  vfatKind,
  swapKind,
  mountKind,
  bootKind,
];
