"use strict";
// A small OPC UA server on node-opcua, for tests; tests/support/peer.py names its nodes and its commands.
//
//     node server.js --pki DIR [--port N] [--items N] [--rate-hz R] [--mixed] [--namespaces a,b] [--users]
//         [--max-items-per-call N] [--max-nodes-per-read N] [--history]
//
// Prints `READY <port>`, then answers each line of JSON on stdin with one on stdout; the end of stdin ends it.
// Security None, Basic256Sha256, Aes128_Sha256_RsaOaep and Aes256_Sha256_RsaPss, each of the last three signed and
// encrypted; any client certificate is accepted. An empty PKI folder gets a new server certificate.

const path = require("node:path");
const readline = require("node:readline");
const { parseArgs } = require("node:util");

console.log = console.info = console.warn = console.error; // node-opcua writes to stdout, which belongs to the answers

const { MessageSecurityMode, OPCUACertificateManager, OPCUAServer, SecurityPolicy } = require("node-opcua");
const { Nodes } = require("./nodes.js");

const { values: options } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    items: { type: "string", default: "1" },
    "rate-hz": { type: "string", default: "0" },
    mixed: { type: "boolean", default: false },
    namespaces: { type: "string", default: "a" },
    users: { type: "boolean", default: false },
    pki: { type: "string" },
    "max-items-per-call": { type: "string", default: "0" }, // 0: no limit
    "max-nodes-per-read": { type: "string", default: "0" },
    history: { type: "boolean", default: false },
    strict: { type: "boolean", default: false }, // only clients whose certificates were trusted; see the command
  },
});

function say(line) {
  process.stdout.write(line + "\n");
}

async function openServer() {
  const certificates = new OPCUACertificateManager({
    rootFolder: path.resolve(options.pki),
    automaticallyAcceptUnknownCertificate: !options.strict,
  });
  await certificates.initialize();
  const server = new OPCUAServer({
    port: Number(options.port),
    hostname: "127.0.0.1",
    serverCertificateManager: certificates,
    userCertificateManager: certificates,
    serverInfo: { applicationUri: "urn:peer:node-opcua" },
    securityPolicies: [
      SecurityPolicy.None,
      SecurityPolicy.Basic256Sha256,
      SecurityPolicy.Aes128_Sha256_RsaOaep,
      SecurityPolicy.Aes256_Sha256_RsaPss,
    ],
    securityModes: [MessageSecurityMode.None, MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt],
    allowAnonymous: !options.users,
    userManager: { isValidUser: (user, password) => user === "operator" && password === "secret" },
    maxConnectionsPerEndpoint: 100,
    serverCapabilities: {
      maxSessions: 100,
      maxSubscriptionsPerSession: 100,
      operationLimits: {
        maxMonitoredItemsPerCall: Number(options["max-items-per-call"]),
        maxNodesPerRead: Number(options["max-nodes-per-read"]),
      },
    },
  });
  await server.initialize();
  return server;
}

async function main() {
  const server = await openServer();
  const nodes = new Nodes(server.engine.addressSpace, options.namespaces.split(","), options.mixed);
  nodes.build({ withHistory: options.history });
  nodes.add_items({ count: Number(options.items) });
  await server.start();
  nodes.change(Number(options["rate-hz"]));
  say(`READY ${server.endpoints[0].port}`);
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { do: name, ...rest } = JSON.parse(line);
    if (name === "quit") {
      say("{}");
      break;
    }
    if (name === "trust") {
      await server.serverCertificateManager.trustCertificate(Buffer.from(rest.certificate, "base64"));
      say("{}");
      continue;
    }
    say(JSON.stringify(answer(nodes, name, rest)));
  }
  await server.shutdown(0);
  process.exit(0);
}

function answer(nodes, name, rest) {
  try {
    return nodes[name](rest) ?? {};
  } catch (error) {
    return { error: `${name}: ${error.message}` };
  }
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
