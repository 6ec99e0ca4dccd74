"use strict";
// The server's address space, and the commands that change it: each command is the method of its name.

const { DataType, StatusCodes, Variant, VariantArrayType, makeEUInformation } = require("node-opcua");

const MIXED = ["Double", "Float", "Boolean", "Int32", "UInt16", "String"];
const HISTORY_ROWS = 10000;
const SERVICE_LEVEL = "ns=0;i=2267";

// What an item shows at a tick; every tick differs from the one before.
function valueOf(kind, number, tick) {
  const values = { Boolean: tick % 2 === 1, Int32: tick, UInt16: tick % 65536, String: `tick ${tick}` };
  return values[kind] ?? tick + number;
}

function variant(value, kind) {
  const arrayType = Array.isArray(value) ? VariantArrayType.Array : VariantArrayType.Scalar;
  return new Variant({ dataType: DataType[kind], arrayType, value });
}

class Nodes {
  constructor(addressSpace, namespaces, isMixed) {
    this.addressSpace = addressSpace;
    this.isMixed = isMixed;
    for (const name of namespaces) addressSpace.registerNamespace(`urn:peer:${name}`);
    this.namespace = addressSpace.getNamespace("urn:peer:a");
    this.kinds = new Map(); // item → name of its type
    this.numbers = new Map(); // changing item → its number
    this.variables = new Map(); // item → its node, as long as it is there
    this.held = new Set(); // items that a command has set, and that change no more
    this.tick = 0;
    this.serviceLevel = 255;
  }

  // Add everything but the items.
  build({ withHistory }) {
    const { objects } = this.addressSpace.rootFolder;
    this.peer = this.namespace.addObject({
      organizedBy: objects,
      browseName: "Peer",
      nodeId: "s=Peer",
      notifierOf: objects.server,
    });
    for (const item of ["Level", "Historic"]) this.add({ item });
    this.add({ item: "Setpoint", isWritable: true });
    if (withHistory) {
      this.addressSpace.installHistoricalDataNode(this.node("Historic"), { maxOnlineValues: HISTORY_ROWS });
    }
    this.buildAnalog();
    this.buildDiscrete();
    this.buildAlarm();
    this.buildMethod();
    const level = this.addressSpace.findNode(SERVICE_LEVEL);
    level.bindVariable({ get: () => variant(this.serviceLevel, "Byte") }, true);
  }

  buildAnalog() {
    this.kinds.set("Analog", "Double");
    this.namespace.addAnalogDataItem({
      componentOf: this.peer,
      browseName: "Analog",
      nodeId: "s=Analog",
      dataType: "Double",
      engineeringUnitsRange: { low: -10, high: 90 },
      engineeringUnits: makeEUInformation("CEL", "°C", "degree Celsius"),
      value: variant(0, "Double"),
    });
  }

  buildDiscrete() {
    this.kinds.set("Running", "Boolean");
    this.namespace.addTwoStateDiscrete({
      componentOf: this.peer,
      browseName: "Running",
      nodeId: "s=Running",
      trueState: "On",
      falseState: "Off",
      value: variant(false, "Boolean"),
    });
  }

  buildAlarm() {
    this.addressSpace.installAlarmsAndConditionsService(); // binds ConditionRefresh and its kin
    const level = this.node("Level");
    level.addReference({ referenceType: "HasEventSource", isForward: false, nodeId: this.peer });
    this.namespace.instantiateExclusiveLimitAlarm("ExclusiveLimitAlarmType", {
      browseName: "LevelAlarm",
      namespace: this.namespace, // or the condition would be in the server's own
      nodeId: "s=LevelAlarm",
      componentOf: this.peer,
      conditionName: "LevelAlarm",
      conditionSource: level,
      inputNode: level,
      optionals: ["ConfirmedState", "Confirm", "ShelvingState"],
      maxTimeShelved: 3600000,
      lowLowLimit: 20,
      lowLimit: 40,
      highLimit: 60,
      highHighLimit: 80,
    });
  }

  buildMethod() {
    const argument = (name) => ({ name, dataType: DataType.Double });
    const method = this.namespace.addMethod(this.peer, {
      browseName: "Add",
      nodeId: "s=Add",
      inputArguments: [argument("a"), argument("b")],
      outputArguments: [argument("sum")],
    });
    method.bindMethod(([a, b], _context, done) =>
      done(null, { statusCode: StatusCodes.Good, outputArguments: [variant(a.value + b.value, "Double")] }),
    );
  }

  // Change all items that no command has set, for ever.
  change(rateHz) {
    if (rateHz === 0) return;
    const began = performance.now();
    const next = () => {
      this.tick += 1;
      const now = new Date();
      for (const [item, number] of this.numbers) this.show(item, number, now);
      setTimeout(next, Math.max(0, began + ((this.tick + 1) * 1000) / rateHz - performance.now()));
    };
    setTimeout(next, 1000 / rateHz);
  }

  show(item, number, at) {
    const node = this.variables.get(item);
    if (node === undefined || this.held.has(item)) return;
    const kind = this.kinds.get(item);
    node.setValueFromSource(variant(valueOf(kind, number, this.tick), kind), StatusCodes.Good, at);
  }

  node(item) {
    const node = this.addressSpace.findNode(`ns=${this.namespace.index};s=${item}`);
    if (node === null) throw new Error(`there is no ${item}`);
    return node;
  }

  // --- commands

  set({ item, value, data_type: kind = this.kinds.get(item), status = "Good", source_time: at }) {
    this.held.add(item);
    this.node(item).setValueFromSource(variant(value, kind), StatusCodes[status], at ? new Date(at) : new Date());
  }

  read({ item }) {
    return { value: this.node(item).readValue().value.value };
  }

  // Add a variable: one that was removed as it was, any other as a Double.
  add({ item, isWritable = false }) {
    const kind = this.kinds.get(item) ?? "Double";
    this.kinds.set(item, kind);
    this.held.delete(item);
    const access = isWritable ? "CurrentRead | CurrentWrite" : "CurrentRead";
    const node = this.namespace.addVariable({
      componentOf: this.peer,
      browseName: item,
      nodeId: `s=${item}`,
      dataType: kind,
      accessLevel: access,
      userAccessLevel: access,
      value: variant(valueOf(kind, this.numbers.get(item) ?? 0, 0), kind),
    });
    this.variables.set(item, node);
  }

  remove({ item }) {
    this.addressSpace.deleteNode(this.node(item));
    this.variables.delete(item);
  }

  add_items({ count }) {
    const first = this.numbers.size + 1;
    for (let number = first; number < first + count; number += 1) {
      const item = `Item${String(number).padStart(4, "0")}`;
      this.kinds.set(item, this.isMixed ? MIXED[(number - 1) % MIXED.length] : "Double");
      this.numbers.set(item, number);
      this.add({ item });
    }
  }

  service_level({ level }) {
    this.serviceLevel = level;
  }
}

module.exports = { Nodes };
