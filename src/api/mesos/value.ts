import {
  double,
  enumeration,
  type EnumOf,
  type Infer,
  message,
  type MessageType,
  optional,
  repeated,
  required,
  string,
  uint64,
} from "./schema.ts";

const valueRangeFields = {
  begin: required(1, uint64),
  end: required(2, uint64),
};
export type ValueRange = Infer<typeof valueRangeFields>;
export const ValueRange: MessageType<ValueRange> = message("Value.Range", valueRangeFields);

const valueRangesFields = {
  range: repeated(1, ValueRange),
};
export type ValueRanges = Infer<typeof valueRangesFields>;
export const ValueRanges: MessageType<ValueRanges> = message("Value.Ranges", valueRangesFields);

const valueScalarFields = {
  value: required(1, double),
};
export type ValueScalar = Infer<typeof valueScalarFields>;
export const ValueScalar: MessageType<ValueScalar> = message("Value.Scalar", valueScalarFields);

const valueSetFields = {
  item: repeated(1, string),
};
export type ValueSet = Infer<typeof valueSetFields>;
export const ValueSet: MessageType<ValueSet> = message("Value.Set", valueSetFields);

const valueTextFields = {
  value: required(1, string),
};
export type ValueText = Infer<typeof valueTextFields>;
export const ValueText: MessageType<ValueText> = message("Value.Text", valueTextFields);

export const ValueType = enumeration("Value.Type", { SCALAR: 0, RANGES: 1, SET: 2, TEXT: 3 });
export type ValueType = EnumOf<typeof ValueType>;

const valueFields = {
  type: required(1, ValueType),
  scalar: optional(2, ValueScalar),
  ranges: optional(3, ValueRanges),
  set: optional(4, ValueSet),
  text: optional(5, ValueText),
};
export type Value = Infer<typeof valueFields>;
export const Value: MessageType<Value> = message("Value", valueFields);

const attributeFields = {
  name: required(1, string),
  type: required(2, ValueType),
  scalar: optional(3, ValueScalar),
  ranges: optional(4, ValueRanges),
  text: optional(5, ValueText),
  set: optional(6, ValueSet),
};
export type Attribute = Infer<typeof attributeFields>;
export const Attribute: MessageType<Attribute> = message("Attribute", attributeFields);
