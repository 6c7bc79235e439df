/** What went wrong, with the server's own remedy, and a way to try again. */
import { Alert, Button, Text } from "@mantine/core";
import { ApiFailure } from "../api.ts";
import { icons } from "./icons.tsx";

export function Problem({ error, retry }: { readonly error: unknown; readonly retry?: () => unknown }) {
  const help = error instanceof ApiFailure ? error.help : undefined;
  return (
    <Alert color="red" variant="outline" icon={icons.warning} m="md" role="alert" title="This did not work">
      <Text size="sm">{error instanceof Error ? error.message : String(error)}</Text>
      {help === undefined ? null : (
        <Text size="sm" c="dimmed">
          {help}
        </Text>
      )}
      {retry === undefined ? null : (
        <Button size="compact-sm" variant="default" mt="xs" onClick={() => void retry()}>
          Try again
        </Button>
      )}
    </Alert>
  );
}
