import type { Server } from 'node:http';
import type { Configuration } from '../../../src/config/configuration.js';
import { systemClock, type Clock } from '../../../src/kernel/clock.js';
import type { RelyingPartyRegistry } from '../../../src/relying-parties/relying-party.js';
import { alternate } from './alternating-proxy.js';
import { ClusterNode } from './cluster-node.js';
import type { ToNode } from './messages.js';

export interface NodesOptions {
  /** Where requests arrive. */
  server: Server;
  count: number;
  configuration: Configuration;
  registry: RelyingPartyRegistry;
  clock: Clock;
  toys?: readonly string[] | undefined;
  onLog: (line: string) => void;
}

export interface Nodes {
  nodes: readonly ClusterNode[];
  /** Starts another process in the place of one that is gone. */
  restart(index: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts `count` processes with one configuration and lets them answer the requests of `server` in turn. */
export async function startNodes(options: NodesOptions): Promise<Nodes> {
  const { configuration, registry, clock, toys, onLog } = options;
  const isSystem = clock === systemClock;
  const start = () =>
    ClusterNode.start(
      {
        configuration: { ...configuration, publicUrl: configuration.publicUrl.base },
        parties: registry.all(),
        now: isSystem ? null : clock.now(),
        toys: toys ?? null,
      },
      onLog,
    );
  const nodes = await Promise.all(Array.from({ length: options.count }, start));

  let toldTime = isSystem ? null : clock.now();
  let replaced = false;
  registry.onChange(() => {
    replaced = true;
  });
  let telling = Promise.resolve();
  const putInForce = (): Promise<void> => {
    const now = isSystem || clock.now() === toldTime ? null : clock.now();
    const parties = replaced ? registry.all() : null;
    if (now !== null || parties !== null) {
      toldTime = now ?? toldTime;
      replaced = false;
      telling = tellAll(nodes, { now, parties });
    }
    return telling;
  };
  alternate(options.server, nodes, putInForce);
  return {
    nodes,
    restart: async (index) => {
      nodes[index] = await start();
    },
    stop: async () => {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

async function tellAll(
  nodes: readonly ClusterNode[],
  change: Pick<Extract<ToNode, { kind: 'in-force' }>, 'now' | 'parties'>,
): Promise<void> {
  await Promise.all(nodes.map((node) => node.putInForce(change)));
}
