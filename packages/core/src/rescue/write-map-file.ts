import type { DiskRequirement } from "../plan/part.js";
import { humanBytes, printable } from "../render/text.js";
import { pathOf } from "./binding-problems.js";
import { heldContent } from "./held-content.js";
import { UNREAD } from "./map-file.js";
import type { Candidate, RescueFacts } from "./rescue-facts.js";
import type { Suggestion } from "./suggest-mapping.js";

const HEAD = [
  "# OLD = NEW: which disk here takes the place of which recorded one, for --map-file.",
  "#",
  `# A line that begins with ${UNREAD} is a proposal. It maps nothing, and the whole file is refused, until somebody has looked at`,
  `# both disks and taken the ${UNREAD} away. What is wrong is changed or deleted.`,
];

/** The text of a map file with proposals that nobody has confirmed yet, and as comments what there is to know about them. */
export function writeMapFile(suggestions: readonly Suggestion[], facts: RescueFacts): string {
  const parts = suggestions.map((suggestion) => [head(suggestion.disk), ...body(suggestion, facts)]);
  return `${[HEAD, ...parts].map((lines) => `${lines.join("\n")}\n`).join("\n")}`;
}

function head({ node, name, bytes }: DiskRequirement): string {
  return `# ${node} (was ${printable(name)}, ${humanBytes(bytes)})`;
}

function body(suggestion: Suggestion, facts: RescueFacts): readonly string[] {
  const { disk, rejected } = suggestion;
  const others = rejected.map(({ candidate, why }) => `#   not ${describe(candidate, facts)}: ${why}`);
  switch (suggestion.is) {
    case "found":
      return [`#   needs no line: it is here, as ${describe(suggestion.candidate, facts)} (by ${suggestion.by})`];
    case "proposed": {
      const { candidate, why, fit } = suggestion;
      const resized = fit === "resized" ? ["#   smaller than the recorded one: only with --resize"] : [];
      return [
        ...holds(candidate, facts),
        ...resized,
        ...others,
        `${UNREAD} ${disk.node} = ${target(candidate, facts)} # ${why}`,
      ];
    }
    case "none": {
      const { possible } = suggestion;
      const could = possible.map((candidate) => `#   perhaps ${describe(candidate, facts)}`);
      const why = possible.length === 0 ? "no disk here would do" : "nothing tells these apart";
      return [`#   no proposal: ${why}`, ...could, ...others, `# ${disk.node} = `];
    }
  }
}

function holds(candidate: Candidate, facts: RescueFacts): readonly string[] {
  const lines = heldContent(candidate, facts);
  const is = `#   ${describe(candidate, facts)}`;
  return lines.length === 0
    ? [`${is}: nothing is known to be on it`]
    : [is, ...lines.map((line) => `#     holds ${printable(line)}`)];
}

function describe(candidate: Candidate, facts: RescueFacts): string {
  const { id, bytes } = candidate.node;
  return `${pathOf(candidate, facts)} (${id}, ${humanBytes(bytes)})`;
}

/** Its id where that names the volume, so that the file holds after a reboot of the rescue system too. */
function target(candidate: Candidate, facts: RescueFacts): string {
  const { id, identities } = candidate.node;
  const isOwn = facts.candidates.filter(({ node }) => node.id === id).length === 1;
  return isOwn && identities.some(({ strength }) => strength === "volume") ? id : pathOf(candidate, facts);
}
