/** Why nobody was let in, and what to do. */
import { Alert, Text } from "@mantine/core";
import { ApiFailure } from "../api.ts";
import { icons } from "../parts/icons.tsx";

export function Trouble({ words }: { readonly words: readonly [string, string | undefined] | undefined }) {
  if (words === undefined) return null;
  const [what, help] = words;
  return (
    <Alert color="red" variant="outline" role="alert" icon={icons.warning} p="xs">
      <Text size="sm">{what}</Text>
      {help === undefined ? null : (
        <Text size="sm" c="dimmed">
          {help}
        </Text>
      )}
    </Alert>
  );
}

/** As people read it: a sentence. */
export function troubleOf(error: unknown): readonly [string, string | undefined] {
  const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? "" : "."}`;
  if (!(error instanceof Error)) return [sentence(String(error)), undefined];
  const help = error instanceof ApiFailure ? error.help : undefined;
  return [sentence(error.message), help && sentence(help)];
}
