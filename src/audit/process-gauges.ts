import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { CollectedGauges, Metrics } from './metrics.js';

/** Measures this process: loop delay since the previous collection, resident memory. Returns how to stop. */
export function measureProcess(metrics: Pick<Metrics, 'onCollect'>): () => void {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  metrics.onCollect((gauges: CollectedGauges) => {
    const seconds = (percentile: number): number => delay.percentile(percentile) / 1e9;
    gauges.eventLoopDelaySeconds.set({ quantile: '0.5' }, seconds(50));
    gauges.eventLoopDelaySeconds.set({ quantile: '0.99' }, seconds(99));
    gauges.eventLoopDelaySeconds.set({ quantile: '1' }, seconds(100));
    delay.reset();
    gauges.residentMemoryBytes.set({}, process.memoryUsage.rss());
  });
  return () => delay.disable();
}
