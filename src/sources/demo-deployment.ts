/** The make-believe cluster's one deployment with a history: what people change in it, with the bodies before and after. */
import type { DemoRequest } from "./demo-cluster.ts";

/** Answers the next change, by whoever makes it; each builds on the one before. */
export function demoDeployment(
  chance: () => number,
  request: (parts: Partial<DemoRequest>) => DemoRequest,
): () => DemoRequest {
  let replicas = 3;
  let patch = 1;
  let generation = 4;
  let logLevel = "info";

  const body = () => ({
    kind: "Deployment",
    apiVersion: "apps/v1",
    metadata: { name: "web", namespace: "shop", generation, labels: { app: "web", team: "storefront" } },
    spec: {
      replicas,
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: {
          serviceAccountName: "web",
          containers: [
            {
              name: "main",
              image: `registry.example.com/shop/web:1.8.${patch}`,
              env: [{ name: "LOG_LEVEL", value: logLevel }],
              ports: [{ containerPort: 8080 }],
            },
          ],
        },
      },
    },
    status: { replicas, readyReplicas: replicas },
  });
  const changes = [
    () => {
      replicas = 2 + Math.floor(chance() * 6);
      return { spec: { replicas } };
    },
    () => {
      patch++;
      return {
        spec: {
          template: { spec: { containers: [{ name: "main", image: body().spec.template.spec.containers[0]?.image }] } },
        },
      };
    },
    () => {
      logLevel = logLevel === "info" ? "debug" : "info";
      return {
        spec: { template: { spec: { containers: [{ name: "main", env: [{ name: "LOG_LEVEL", value: logLevel }] }] } } },
      };
    },
  ];
  return () => {
    generation++;
    const requestObject = changes[Math.floor(chance() * changes.length)]?.();
    return request({
      level: "RequestResponse",
      verb: "patch",
      requestURI: "/apis/apps/v1/namespaces/shop/deployments/web?fieldManager=kubectl-edit&fieldValidation=Strict",
      objectRef: { resource: "deployments", namespace: "shop", name: "web", apiGroup: "apps", apiVersion: "v1" },
      requestObject,
      responseObject: body(),
    });
  };
}
