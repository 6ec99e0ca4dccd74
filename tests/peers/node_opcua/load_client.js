"use strict";
// The peer of a benchmark: node-opcua's client, subscribed the way its users do, against any server with the nodes of
// tests/support/peer.py. Prints one line of JSON.
//
//     node load_client.js --endpoint URL --items N [--publishing MS] [--sampling MS] [--queue N] [--seconds S]
//
// The measuring time begins when every item has had its first value (or after FIRST_VALUES_MS): what it takes to
// connect and to create the items is not in the processor time, and what comes before is in no count.

const { parseArgs } = require("node:util");

console.log = console.info = console.warn = console.error;

const {
  AttributeIds,
  ClientMonitoredItemGroup,
  ClientSubscription,
  OPCUAClient,
  TimestampsToReturn,
} = require("node-opcua");

const ITEMS_PER_CALL = 1000;
const FIRST_VALUES_MS = 10000;
const MOST_LATENCIES = 1 << 21;

const { values: options } = parseArgs({
  options: {
    endpoint: { type: "string" },
    items: { type: "string" },
    publishing: { type: "string", default: "250" },
    sampling: { type: "string", default: "250" },
    queue: { type: "string", default: "10" },
    seconds: { type: "string", default: "10" },
  },
});

class Measurement {
  constructor(items) {
    this.items = items;
    this.seen = new Uint8Array(items); // since the start of measuring
    this.waiting = new Set(Array(items).keys()); // items without their first value
    this.latencies = new Float64Array(MOST_LATENCIES);
    this.values = 0;
    this.isOn = false;
    this.complete = new Promise((resolve) => (this.onComplete = resolve));
  }

  take(index, dataValue) {
    if (!this.isOn) {
      this.waiting.delete(index);
      if (this.waiting.size === 0) this.onComplete();
      return;
    }
    this.seen[index] = 1;
    if (dataValue.sourceTimestamp) {
      this.latencies[this.values % MOST_LATENCIES] = Date.now() - dataValue.sourceTimestamp.getTime();
    }
    this.values += 1;
  }

  async run(seconds) {
    this.isOn = true;
    const began = performance.now();
    const cpu = process.cpuUsage();
    await delay(seconds * 1000);
    const { user, system } = process.cpuUsage(cpu);
    this.isOn = false;
    const sorted = this.latencies.subarray(0, Math.min(this.values, MOST_LATENCIES)).sort();
    return {
      values: this.values,
      distinct_items: this.seen.reduce((sum, one) => sum + one, 0),
      seconds: (performance.now() - began) / 1000,
      cpu_s: (user + system) / 1e6,
      latency_p50_ms: quantile(sorted, 0.5),
      latency_p95_ms: quantile(sorted, 0.95),
      rss_mb: process.memoryUsage().rss / 1e6,
    };
  }
}

function delay(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function quantile(sorted, share) {
  return sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

async function subscribe(session, measurement) {
  const namespaces = await session.readNamespaceArray();
  const namespace = namespaces.indexOf("urn:peer:a");
  const subscription = ClientSubscription.create(session, {
    requestedPublishingInterval: Number(options.publishing),
    requestedLifetimeCount: 1000,
    requestedMaxKeepAliveCount: 10,
    maxNotificationsPerPublish: 0,
    publishingEnabled: true,
    priority: 0,
  });
  const parameters = {
    samplingInterval: Number(options.sampling),
    queueSize: Number(options.queue),
    discardOldest: true,
  };
  for (let first = 0; first < measurement.items; first += ITEMS_PER_CALL) {
    const count = Math.min(ITEMS_PER_CALL, measurement.items - first);
    const toMonitor = Array.from({ length: count }, (_, offset) => ({
      nodeId: `ns=${namespace};s=Item${String(first + offset + 1).padStart(4, "0")}`,
      attributeId: AttributeIds.Value,
    }));
    const group = ClientMonitoredItemGroup.create(subscription, toMonitor, parameters, TimestampsToReturn.Both);
    group.on("changed", (_item, dataValue, index) => measurement.take(first + index, dataValue));
    await new Promise((resolve, reject) => {
      group.on("initialized", resolve);
      group.on("err", (message) => reject(new Error(message)));
    });
  }
  return subscription;
}

async function main() {
  const client = OPCUAClient.create({ endpointMustExist: false, connectionStrategy: { maxRetry: 0 } });
  await client.connect(options.endpoint);
  const session = await client.createSession();
  const measurement = new Measurement(Number(options.items));
  const began = performance.now();
  const subscription = await subscribe(session, measurement);
  const createS = (performance.now() - began) / 1000;
  await Promise.race([measurement.complete, delay(FIRST_VALUES_MS)]);
  const result = await measurement.run(Number(options.seconds));
  process.stdout.write(JSON.stringify({ ...result, create_s: createS }) + "\n");
  await subscription.terminate();
  await session.close();
  await client.disconnect();
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
