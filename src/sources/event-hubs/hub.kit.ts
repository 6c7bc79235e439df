/** Event Hubs as its clients know it: AMQP 1.0 with claims, management questions and partitions, and what can go wrong. */
import type { AddressInfo, Server, Socket } from "node:net";
import rhea, { type Connection, type Container, type EventContext, type Message, type Sender } from "rhea";

interface Held {
  readonly sequence: number;
  readonly offset: string;
  readonly at: Date;
  readonly body: Buffer | string;
}

interface Reader {
  readonly link: Sender;
  readonly group: string;
  readonly partition: number;
  readonly epoch: number | undefined;
  /** The sequence number of what is sent next. */
  next: number;
}

export interface AmqpError {
  readonly condition: string;
  readonly description: string;
}

export class FakeHub {
  readonly name: string;
  readonly groups: string[];
  /** Answers claims so; 202 accepts them. */
  claim: { status: number; description: string } = { status: 202, description: "Accepted" };
  /** How often a client is told so when it begins to read a partition. */
  readonly refusals: AmqpError[] = [];
  /** Answers nothing to questions while true. */
  mute = false;
  /** The most credit that any reader was ever seen to have granted. */
  mostCredit = 0;
  readonly claims: { readonly audience: string; readonly type: string; readonly token: string }[] = [];
  #partitions: Held[][];
  readonly #readers = new Set<Reader>();
  readonly #replies = new Map<Connection, Map<string, Sender>>();
  readonly #sockets = new Set<Socket>();
  readonly #container: Container;
  #server: Server | undefined;
  #tls: object = {};

  constructor(partitions = 4, name = "insights-logs-kube-audit", groups = ["$Default", "tiercel"]) {
    this.name = name;
    this.groups = groups;
    this.#partitions = Array.from({ length: partitions }, () => []);
    this.#container = rhea.create_container();
    this.#container.on("sender_open", (context: EventContext) => this.#attached(context));
    this.#container.on("message", (context: EventContext) => this.#asked(context));
    this.#container.on("sendable", (context: EventContext) => this.#pump(context.sender));
    this.#container.on("sender_close", ({ sender }: EventContext) => this.#forget(sender));
    this.#container.on("disconnected", ({ connection }: EventContext) => this.#left(connection));
    for (const event of ["error", "connection_error", "session_error", "sender_error", "receiver_error"])
      this.#container.on(event, () => {});
  }

  async listen(port = 0, tls: { cert: string; key: string } | undefined = undefined): Promise<number> {
    this.#tls = tls === undefined ? {} : { transport: "tls", ...tls };
    this.#server = this.#container.listen({ host: "127.0.0.1", port, ...this.#tls } as never) as Server;
    for (const event of ["connection", "secureConnection"])
      this.#server.on(event, (socket: Socket) => {
        this.#sockets.add(socket);
        socket.on("close", () => this.#sockets.delete(socket));
      });
    await new Promise<void>((resolve) => this.#server?.once("listening", () => resolve()));
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    this.disconnect();
    await closed;
  }

  /** Breaks every connection, as a failing network does. */
  disconnect(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Takes a message in, and gives it to whoever reads that partition. */
  send(partition: number, body: Buffer | string, at = new Date()): void {
    const held = this.#partitions[partition] ?? [];
    const sequence = (held.at(-1)?.sequence ?? -1) + 1;
    held.push({ sequence, offset: String(4_294_967_296 + 700 * sequence), at, body });
    for (const reader of this.#readers) if (reader.partition === partition) this.#pump(reader.link);
  }

  /** What is older than so many messages is gone. */
  retain(partition: number, most: number): void {
    this.#partitions[partition] = this.#partitions[partition]?.slice(-most) ?? [];
  }

  /** The hub is made anew, under its old name. */
  remake(): void {
    this.#partitions = this.#partitions.map(() => []);
    this.disconnect();
  }

  /** Ends readings of a partition by an error, as for another reader that has come. */
  detach(partition: number, { condition, description }: AmqpError): void {
    for (const reader of [...this.#readers])
      if (reader.partition === partition) this.#end(reader.link, { condition, description });
  }

  /** Partitions that are read now, each as often as it has readers. */
  get read(): readonly number[] {
    return [...this.#readers].map(({ partition }) => partition).sort();
  }

  #end(link: Sender, error: AmqpError): void {
    this.#forget(link);
    link.close(error as never);
  }

  #forget(link: Sender | undefined): void {
    for (const reader of this.#readers) if (reader.link === link) this.#readers.delete(reader);
  }

  #left(connection: Connection): void {
    this.#replies.delete(connection);
    for (const reader of this.#readers) if (reader.link.connection === connection) this.#readers.delete(reader);
  }

  /** A client begins to receive: answers, or a partition's messages. */
  #attached({ sender, connection }: EventContext): void {
    if (sender === undefined) return;
    const { address = "", filter = {} } = (sender.source ?? {}) as {
      address?: string;
      filter?: Record<string, unknown>;
    };
    if (address === "$cbs" || address.endsWith("$management")) {
      const replies = this.#replies.get(connection) ?? new Map<string, Sender>();
      this.#replies.set(connection, replies.set(address, sender));
      return;
    }
    const [, hub = "", group = "", number = ""] =
      /^(.+)\/ConsumerGroups\/(.+)\/Partitions\/(\d+)$/i.exec(address) ?? [];
    const partition = Number(number);
    const refusal = this.#refusalOf(hub, group, partition) ?? this.refusals.shift();
    if (refusal !== undefined) {
      this.#end(sender, refusal);
      return;
    }
    const text = selectorOf(filter["apache.org:selector-filter:string"]);
    const next = this.#startOf(partition, text);
    if (typeof next !== "number") {
      this.#end(sender, { condition: "com.microsoft:argument-out-of-range", description: next.why });
      return;
    }
    const properties = (sender as unknown as { remote?: { attach?: { properties?: Record<string, unknown> } } }).remote
      ?.attach?.properties;
    const told = properties?.["com.microsoft:epoch"];
    const epoch = told === undefined ? undefined : Number(told);
    for (const other of [...this.#readers]) {
      if (other.group !== group || other.partition !== partition || epoch === undefined) continue;
      if ((other.epoch ?? -1) <= epoch) this.#end(other.link, stolenBy(epoch));
    }
    this.#readers.add({ link: sender, group, partition, epoch, next });
    this.#pump(sender);
  }

  #refusalOf(hub: string, group: string, partition: number): AmqpError | undefined {
    const condition = "amqp:not-found";
    if (hub.toLowerCase() !== this.name.toLowerCase())
      return { condition, description: `The messaging entity 'sb://fake/${hub}' could not be found.` };
    if (!this.groups.some((one) => one.toLowerCase() === group.toLowerCase()))
      return { condition, description: `The consumer group '${group}' could not be found` };
    return partition < this.#partitions.length ? undefined : { condition, description: "no such partition" };
  }

  /** The place in a partition that a filter names, or that the hub has never given such a one. */
  #startOf(partition: number, filter: string): number | { readonly why: string } {
    const held = this.#partitions[partition] ?? [];
    const end = (held.at(-1)?.sequence ?? -1) + 1;
    const [, what, how, value = ""] = /x-opt-([a-z-]+) (>=?) '([^']*)'/.exec(filter) ?? [];
    if (value === "@latest") return end;
    if (value === "-1") return 0;
    const fits = ({ sequence, offset, at }: Held) => {
      const its = what === "offset" ? Number(offset) : what === "sequence-number" ? sequence : at.getTime();
      return how === ">=" ? its >= Number(value) : its > Number(value);
    };
    const newest = { offset: Number(held.at(-1)?.offset ?? -1), "sequence-number": end - 1 }[what ?? ""];
    const called = what?.replace("-", " ");
    if (newest !== undefined && Number(value) > newest)
      return { why: `The supplied ${called} '${value}' is invalid. The last ${called} in the system is '${newest}'` };
    return held.find(fits)?.sequence ?? end;
  }

  #pump(link: Sender | undefined): void {
    const reader = [...this.#readers].find((one) => one.link === link);
    if (reader === undefined) return;
    this.mostCredit = Math.max(this.mostCredit, (reader.link as unknown as { credit: number }).credit);
    const held = this.#partitions[reader.partition] ?? [];
    for (const message of held) {
      if (message.sequence < reader.next) continue;
      if (!reader.link.sendable()) return;
      reader.next = message.sequence + 1;
      reader.link.send(sent(message, held.at(-1) ?? message));
    }
  }

  /** A claim, or a question about the hub. */
  #asked({ message, receiver, connection }: EventContext): void {
    if (message === undefined || this.mute) return;
    const address = String((receiver?.target as { address?: string } | undefined)?.address ?? "");
    const reply = this.#replies.get(connection)?.get(address);
    const asked = message.application_properties ?? {};
    if (address === "$cbs") {
      this.claims.push({ audience: String(asked.name), type: String(asked.type), token: String(message.body) });
      reply?.send(answered(message, this.claim.status, this.claim.description));
      return;
    }
    if (String(asked.name).toLowerCase() !== this.name.toLowerCase()) {
      reply?.send(answered(message, 404, `The messaging entity 'sb://fake/${asked.name}' could not be found.`));
      return;
    }
    reply?.send({ ...answered(message, 200, "OK"), body: this.#told(asked) });
  }

  #told({ type, partition }: Record<string, unknown>): object {
    const { name } = this;
    if (type === "com.microsoft:eventhub")
      return {
        name,
        ...{ created_at: rhea.types.wrap_timestamp(0), georeplication_factor: 1 },
        partition_ids: rhea.types.wrap_array(
          this.#partitions.map((_, nth) => String(nth)),
          0xa1,
          undefined as never,
        ),
      };
    const held = this.#partitions[Number(partition)] ?? [];
    return { name, partition, begin_sequence_number: held[0]?.sequence ?? 0, is_partition_empty: held.length === 0 };
  }
}

const stolenBy = (epoch: number): AmqpError => ({
  condition: "amqp:link:stolen",
  description: `New receiver with higher epoch of '${epoch}' is created hence current receiver with epoch '${epoch}' is getting disconnected.`,
});

function selectorOf(filter: unknown): string {
  const { value = filter } = (filter ?? {}) as { value?: unknown };
  return String((value as { value?: unknown })?.value ?? value ?? "");
}

function answered({ message_id, reply_to }: Message, status: number, description: string): Message {
  return {
    ...{ correlation_id: message_id, to: reply_to, body: "" },
    application_properties: { "status-code": status, "status-description": description },
  };
}

function sent({ sequence, offset, at, body }: Held, newest: Held): Message {
  return {
    body: Buffer.isBuffer(body) ? rhea.message.data_section(body) : body,
    message_annotations: {
      "x-opt-sequence-number": rhea.types.wrap_long(sequence),
      "x-opt-offset": offset,
      "x-opt-enqueued-time": rhea.types.wrap_timestamp(at.getTime()),
    },
    delivery_annotations: {
      last_enqueued_sequence_number: rhea.types.wrap_long(newest.sequence),
      last_enqueued_offset: newest.offset,
      last_enqueued_time_utc: rhea.types.wrap_timestamp(newest.at.getTime()),
      runtime_info_retrieval_time_utc: rhea.types.wrap_timestamp(Date.now()),
    },
  } as Message;
}
