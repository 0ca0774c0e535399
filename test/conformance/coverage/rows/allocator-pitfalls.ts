import type { Area } from "../row.ts";

/** Defects that Mesos had, one test each named after it. */
export const allocatorPitfalls: Area = {
  name: "allocator pitfalls",
  tests: "allocator",
  rows: [
    { row: "pitfall MESOS-621", id: "MESOS-621", test: "MESOS-621:" },
    { row: "pitfall MESOS-1187", id: "MESOS-1187", test: "MESOS-1187:" },
    { row: "pitfall MESOS-3052, 9852", id: "MESOS-3052", test: "MESOS-3052, 9852" },
    { row: "pitfall MESOS-4302", id: "MESOS-4302", test: "MESOS-4302:" },
    { row: "pitfall MESOS-5634, 7576", id: "MESOS-5634", test: "MESOS-5634, 7576" },
    { row: "pitfall MESOS-6637", id: "MESOS-6637", test: "MESOS-6637:" },
    { row: "pitfall MESOS-8293", id: "MESOS-8293", test: "MESOS-8293:" },
    { row: "pitfall MESOS-8299", id: "MESOS-8299", test: "MESOS-8299:" },
    { row: "pitfall MESOS-8604, 9688", id: "MESOS-8604", test: "MESOS-8604, 9688" },
    { row: "pitfall MESOS-8935, 9324", id: "MESOS-8935", test: "MESOS-8935, 9324" },
    { row: "pitfall MESOS-9554", id: "MESOS-9554", test: "MESOS-9554:" },
    { row: "pitfall MESOS-9555", id: "MESOS-9555", test: "MESOS-9555:" },
    { row: "pitfall MESOS-9692", id: "MESOS-9692", test: "MESOS-9692:" },
    { row: "pitfall MESOS-9856, 9870", id: "MESOS-9856", test: "MESOS-9856, 9870" },
    { row: "pitfall MESOS-10008", id: "MESOS-10008", test: "MESOS-10008:" },
    { row: "pitfall MESOS-10015, 10128", id: "MESOS-10015", test: "MESOS-10015, 10128" },
    { row: "pitfall MESOS-10109", id: "MESOS-10109", test: "MESOS-10109:" },
    { row: "pitfall MESOS-8237", id: "MESOS-8237", test: "MESOS-8237" },
    {
      row: "pitfall MESOS-10023, 10056",
      id: "MESOS-10023",
      test: "applies the calls of a stream in their order",
    },
  ],
};
