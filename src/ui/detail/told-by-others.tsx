/** Why something is told that no rule of ours found in an audit event. */
import { Alert, Text } from "@mantine/core";
import { type Detection, isRuntime } from "../../domain/detection.ts";
import { textIn } from "../../domain/plain.ts";
import { icons } from "../parts/icons.tsx";

export function ToldByOthers({ detection }: { readonly detection: Detection }) {
  const host = textIn(detection.fields, "hostname");
  return (
    <Alert variant="light" color="gray" p="xs" icon={icons.info} styles={{ message: { color: "inherit" } }}>
      <Text size="xs">
        {isRuntime(detection)
          ? `Falco judged this itself${host === undefined ? "" : `, on ${host}`}: it saw it happen in the container or on the host, by its rule “${detection.rule}” for ${detection.source}. What it is tuned by stands in Falco's own rules.`
          : "Tiercel found this out about the stream of events itself: no rule and no single request is behind it."}
      </Text>
    </Alert>
  );
}
