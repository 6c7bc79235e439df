/** The history of one object, or a form to name one. */
import { Anchor, Button, Text, TextInput } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { singular } from "../../domain/sentence-words.ts";
import type { Search } from "../filter.ts";
import { Page } from "../parts/page.tsx";
import styles from "./activity.module.css";
import { ObjectHistory } from "./object-history.tsx";
import { everybody } from "./people.ts";

const fields = [
  { name: "cluster", label: "Cluster", placeholder: "prod" },
  { name: "resource", label: "Resource", placeholder: "deployments" },
  { name: "namespace", label: "Namespace, if it has one", placeholder: "shop" },
  { name: "name", label: "Name", placeholder: "web" },
] as const;
type FieldName = (typeof fields)[number]["name"];

export default function ObjectPage() {
  const search = useSearch({ strict: false }) as Search;
  const text = (name: string) => (typeof search[name] === "string" ? (search[name] as string) : "");
  const [cluster, resource, namespace, name] = [text("cluster"), text("resource"), text("namespace"), text("name")];
  if (cluster === "" || resource === "" || name === "") return <Ask />;
  const title = `${singular(resource)} ${namespace === "" || resource === "namespaces" ? "" : `${namespace}/`}${name}`;
  const rest = {
    cluster,
    resource,
    name,
    ...(namespace === "" ? {} : { namespace }),
    actor: [...everybody],
    range: "all",
  };
  return (
    <Page
      title={`History of ${title}`}
      actions={
        <Anchor component={Link} to="/activity" search={rest as never} size="sm">
          Everything that was asked of it
        </Anchor>
      }
    >
      <Text size="sm" c="dimmed" mb="sm">
        In cluster {cluster}, newest first: who wrote it, and what that changed, as far as the audit level had bodies.
      </Text>
      <ObjectHistory
        cluster={cluster}
        apiGroup={search.apiGroup === undefined ? undefined : text("apiGroup")}
        resource={resource}
        namespace={namespace === "" ? null : namespace}
        name={name}
        at={search.at === undefined ? undefined : text("at")}
      />
    </Page>
  );
}

function Ask() {
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Search;
  const [values, setValues] = useState<Readonly<Record<FieldName, string>>>({
    cluster: String(search.cluster ?? ""),
    resource: String(search.resource ?? ""),
    namespace: String(search.namespace ?? ""),
    name: String(search.name ?? ""),
  });
  const go = (event: FormEvent) => {
    event.preventDefault();
    const { namespace, ...others } = values;
    void navigate({
      to: "/activity/object",
      search: { ...others, ...(namespace === "" ? {} : { namespace }) } as never,
    });
  };
  return (
    <Page title="Object history">
      <Text size="sm" mb="md" maw={640}>
        Who created an object, who changed it, what exactly, and who deleted it. Requests in Activity Audit lead here;
        or name the object yourself.
      </Text>
      <form className={styles.form} onSubmit={go}>
        {fields.map(({ name, label, placeholder }) => (
          <TextInput
            key={name}
            size="xs"
            label={label}
            placeholder={placeholder}
            required={name !== "namespace"}
            withAsterisk={false}
            value={values[name]}
            onChange={({ currentTarget: { value } }) => setValues((former) => ({ ...former, [name]: value }))}
          />
        ))}
        <Button size="xs" type="submit">
          Show its history
        </Button>
      </form>
    </Page>
  );
}
