export { type LastSet, readLastSet } from "./last-set.js";
export { type Manifest, type ManifestFile, ManifestSchema } from "./manifest.js";
export { type RecoverySet, readRecoverySet, type SetFault } from "./read-set.js";
export { localSetFileSystem, type PathKind, type SetFileSystem } from "./set-file-system.js";
export { checkSignature, sshSigner } from "./signature.js";
export { type RecoverySetContents, type SetOrigin, writeRecoverySet } from "./write-set.js";
