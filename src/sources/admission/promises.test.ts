/** Admission reviews, put to what every source promises. */
import { request } from "node:https";
import { sourceContract, untilAnswered } from "../source.contract.ts";
import { admission } from "./index.ts";

sourceContract({
  kind: admission,
  cluster: "prod",
  // An API server's users do not wait for our disk.
  answersWhenKept: false,
  mostWaiting: 1,
  isExact: true,
  wrong: [
    [{ listen: "7767" }, "listen: must be ADDRESS:PORT"],
    [{ listen: "0.0.0.0:7767" }, "nothing says who may ask"],
    [{ names: [] }, "names: "],
  ],
  place: async () => ({
    options: { listen: "127.0.0.1:0", answer_within_ms: 50 },
    async put(events, standing) {
      for (const event of events) await untilAnswered(() => ask(standing().address ?? "", JSON.parse(event)));
    },
  }),
});

/** One review for each event; its uid becomes the event's audit id. */
function ask(address: string, { auditID }: { readonly auditID: string }): Promise<{ ok: boolean }> {
  const review = {
    ...{ kind: "AdmissionReview", apiVersion: "admission.k8s.io/v1" },
    request: {
      ...{ uid: auditID, resource: { group: "", version: "v1", resource: "pods" }, name: "web", namespace: "shop" },
      ...{ operation: "UPDATE", userInfo: { username: "alice" }, object: { metadata: { name: "web" } } },
    },
  };
  return new Promise((resolve, reject) => {
    const options = { method: "POST", rejectUnauthorized: false, agent: false };
    const sent = request(`${address}/k8s_admission/prod`, options, (response) => {
      response.resume();
      response.on("end", () => resolve({ ok: response.statusCode === 200 }));
    });
    sent.on("error", reject);
    sent.end(JSON.stringify(review));
  });
}
