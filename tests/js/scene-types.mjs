// Prints what scenes the JSDoc of stages promises: for each module named on the command line the
// type of the scene that its `mount` takes, as JSON. TypeScript reads the types, so imported types,
// intersections and records are what `tsc` takes them for.

import ts from "typescript";

const files = process.argv.slice(2);
const { config } = ts.readConfigFile("tsconfig.json", ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ".");
const program = ts.createProgram(files, options);
const checker = program.getTypeChecker();
const { Boolean: Bool, Intersection, Null, Number: Num, Object: Obj, String: Str } = ts.TypeFlags;

/**
 * A type as JSON: a name such as "number", or an object that says of what it is made.
 * @param {ts.Type} type
 * @returns {unknown}
 */
function describe(type) {
  if (type.flags & (Str | Num | Bool | Null)) return checker.typeToString(type);
  if (type.isStringLiteral()) return { literal: type.value };
  if (type.isUnion()) return { union: describeUnion(type.types) };
  if (checker.isArrayType(type) || checker.isTupleType(type)) return { list: describeItem(type) };
  const values = type.getStringIndexType();
  if (values) return { record: describe(values) };
  if (!(type.flags & (Obj | Intersection))) {
    throw new Error(`${checker.typeToString(type)} cannot stand in a scene.`);
  }
  return { fields: Object.fromEntries(type.getProperties().map(describeField)) };
}

/** What a list holds; a pair is a list in JSON, too. @param {ts.Type} type */
function describeItem(type) {
  const items = checker.getTypeArguments(/** @type {ts.TypeReference} */ (type)).map(describe);
  if (items.some((item) => JSON.stringify(item) !== JSON.stringify(items[0]))) {
    throw new Error(`${checker.typeToString(type)} has items of several types.`);
  }
  return items[0];
}

/** The members of a union, in which true and false stand for "boolean". @param {ts.Type[]} types */
function describeUnion(types) {
  const isBoolean = (/** @type {ts.Type} */ type) => type.flags & ts.TypeFlags.BooleanLiteral;
  const others = types.filter((type) => !isBoolean(type)).map(describe);
  return types.some(isBoolean) ? [...others, "boolean"] : others;
}

/** @param {ts.Symbol} field */
function describeField(field) {
  const optional = Boolean(field.flags & ts.SymbolFlags.Optional);
  const type = checker.getTypeOfSymbol(field);
  return [field.name, { optional, type: describe(optional ? type.getNonNullableType() : type) }];
}

/** @param {string} file */
function sceneOf(file) {
  const module = checker.getSymbolAtLocation(program.getSourceFile(file));
  const mount = checker.getExportsOfModule(module).find(({ name }) => name === "mount");
  const [signature] = checker.getTypeOfSymbol(mount).getCallSignatures();
  return describe(checker.getTypeOfSymbol(signature.parameters[1]));
}

process.stdout.write(
  JSON.stringify(Object.fromEntries(files.map((file) => [file, sceneOf(file)]))),
);
