/** Services and config maps. */
import { type FieldEntry, falcoField, optionalIndex, ownField } from "./entry.ts";
import { indexedListAt, listAt, scalarAt } from "./read.ts";

const ports = [
  { name: "http", port: 80 },
  { port: 443, nodePort: 30443 },
];
const service = { requestObject: { spec: { type: "NodePort", ports, externalIPs: ["192.0.2.1"] } } };

export const serviceAndConfig: readonly FieldEntry[] = [
  falcoField("service", {
    name: "ka.req.service.type",
    doc: "The type of a service, such as NodePort or LoadBalancer.",
    paths: ["/requestObject/spec/type"],
    read: scalarAt("requestObject", "spec", "type"),
    example: { event: service, value: "NodePort" },
  }),
  falcoField("service", {
    name: "ka.req.service.ports",
    doc: "The ports of a service, each as JSON text; the index is a port's position.",
    paths: ["/requestObject/spec/ports"],
    list: true,
    argument: optionalIndex,
    read: indexedListAt("requestObject", "spec", "ports"),
    example: { event: service, argument: "1", value: ['{"port":443,"nodePort":30443}'] },
    falco: {
      doc: "is one JSON text of all ports, whatever the index",
      read: (event) => {
        const all = event.at("requestObject", "spec", "ports");
        return all && [all.text()];
      },
      value: [JSON.stringify(ports)],
    },
  }),
  ownField("service", {
    name: "ka.req.service.external_ips",
    doc: "The external addresses that a service claims.",
    paths: ["/requestObject/spec/externalIPs"],
    list: true,
    read: listAt("requestObject", "spec", "externalIPs"),
    example: { event: service, value: ["192.0.2.1"] },
  }),
  falcoField("config", {
    name: "ka.req.configmap.name",
    doc: "As ka.target.name, for every resource.",
    paths: ["/objectRef/name"],
    read: scalarAt("objectRef", "name"),
    example: { event: { objectRef: { resource: "configmaps", name: "settings" } }, value: "settings" },
  }),
  falcoField("config", {
    name: "ka.req.configmap.obj",
    doc: "The data of a config map, as JSON text.",
    paths: ["/requestObject/data"],
    read: scalarAt("requestObject", "data"),
    example: { event: { requestObject: { data: { a: "password=1" } } }, value: '{"a":"password=1"}' },
  }),
];
