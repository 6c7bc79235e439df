/** The kinds of cluster whose auditing we can turn on. */
import { admission } from "./admission.ts";
import { aks } from "./aks.ts";
import { eks } from "./eks.ts";
import { gardener } from "./gardener.ts";
import { gke } from "./gke.ts";
import { iks } from "./iks.ts";
import { k0s } from "./k0s.ts";
import { k3s } from "./k3s.ts";
import { kind } from "./kind.ts";
import { kops } from "./kops.ts";
import { kubeadm } from "./kubeadm.ts";
import { minikube } from "./minikube.ts";
import { openshift } from "./openshift.ts";
import { minishift311, openshift311 } from "./openshift-3.ts";
import { openshift42, openshift43 } from "./openshift-4.ts";
import type { Distribution } from "./plan/contract.ts";
import { rke } from "./rke.ts";
import { rke2 } from "./rke2.ts";
import { talos } from "./talos.ts";

/** In the order in which they are listed. */
export const distributions: readonly Distribution[] = [
  kubeadm,
  minikube,
  kind,
  k3s,
  rke2,
  k0s,
  rke,
  kops,
  talos,
  gardener,
  openshift,
  openshift43,
  openshift42,
  openshift311,
  minishift311,
  gke,
  eks,
  aks,
  iks,
  admission,
];

/** By its name or one of its old ones. */
export const distributionOf = (name: string): Distribution | undefined =>
  distributions.find((one) => one.name === name || one.aliases?.includes(name));
