/**
 * Port for nudges between server processes: "look again". They carry nothing and may get lost (a restart, a failover), so
 * whoever listens also looks when it starts to listen, and now and then. In one process: memory; with Redis: publish/subscribe.
 */
export interface Signals {
  /** Reaches every listener of the topic on all nodes. Never throws: the truth is in the store. */
  send(topic: string): Promise<void>;
  /** Resolves once nothing sent from now on is missed; `stop` ends it. */
  listen(topic: string, listener: () => void): Promise<{ stop(): void }>;
  close(): Promise<void>;
}
