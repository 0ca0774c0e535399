import { expect } from "chai";
import { parseCron } from "../../../../../src/domain/mesos/maintenance/cron.ts";
import {
  occurrenceAt,
  recurrenceFault,
} from "../../../../../src/domain/mesos/maintenance/recurrence.ts";

const HOUR_MS = 3_600_000;

describe("a recurring window (HA-18)", () => {
  const cases: Record<
    string,
    { cron: string; zone?: string; now: string; hours?: number; want: string | undefined }
  > = {
    "every Sunday at three, asked on Monday": {
      cron: "0 3 * * 0",
      now: "2030-01-07T12:00:00Z",
      want: "2030-01-13T03:00:00Z",
    },
    "is the one that is under way until it ends": {
      cron: "0 3 * * SUN",
      now: "2030-01-13T03:59:59Z",
      want: "2030-01-13T03:00:00Z",
    },
    "is the next one from its end on": {
      cron: "0 3 * * 7",
      now: "2030-01-13T04:00:00Z",
      want: "2030-01-20T03:00:00Z",
    },
    "in the local time of its zone": {
      cron: "30 1 * * *",
      zone: "America/New_York",
      now: "2030-01-07T12:00:00Z",
      want: "2030-01-08T06:30:00Z",
    },
    "at the same local time in summer": {
      cron: "30 1 * * *",
      zone: "America/New_York",
      now: "2030-07-07T12:00:00Z",
      want: "2030-07-08T05:30:00Z",
    },
    "at a time that the change to summer skips: just after it": {
      cron: "30 2 31 3 *",
      zone: "Europe/Berlin",
      now: "2030-03-30T12:00:00Z",
      want: "2030-03-31T01:30:00Z",
    },
    "at a time that comes twice: the first": {
      cron: "30 2 27 10 *",
      zone: "Europe/Berlin",
      now: "2030-10-26T12:00:00Z",
      want: "2030-10-27T00:30:00Z",
    },
    "on the first and on Mondays, whichever comes": {
      cron: "0 0 1 * MON",
      now: "2030-01-02T00:00:00Z",
      want: "2030-01-07T00:00:00Z",
    },
    "every quarter of an hour at night": {
      cron: "*/15 22-23 * JAN,FEB *",
      now: "2030-02-28T23:20:00Z",
      hours: 0.25,
      want: "2030-02-28T23:15:00Z",
    },
    "on a leap day": {
      cron: "0 0 29 2 *",
      now: "2030-01-01T00:00:00Z",
      want: "2032-02-29T00:00:00Z",
    },
    "on a day that no month has: never": {
      cron: "0 0 31 2 *",
      now: "2030-01-01T00:00:00Z",
      want: undefined,
    },
  };
  for (const [name, { cron, zone = "Etc/UTC", now, hours = 1, want }] of Object.entries(cases)) {
    it(`comes ${name}`, () => {
      const recurrence = { cron, timeZone: zone, durationMs: hours * HOUR_MS };
      const startMs = occurrenceAt(recurrence, Date.parse(now));
      expect(startMs === undefined ? undefined : new Date(startMs).toISOString()).to.equal(
        want?.replace("Z", ".000Z"),
      );
    });
  }

  for (const cron of [
    "",
    "* * * *",
    "60 * * * *",
    "5-1 * * * *",
    "*/0 * * * *",
    "1/2 * * * *",
    "0 0 * * XYZ",
  ]) {
    it(`is not "${cron}"`, () => expect(parseCron(cron)).to.equal(undefined));
  }

  it("says what is wrong with it", () => {
    expect(recurrenceFault({ cron: "0 3 * * 0", timeZone: "Europe/Berlin" })).to.equal(undefined);
    expect(recurrenceFault({ cron: "often", timeZone: "Etc/UTC" })).to.contain('"often"');
    expect(recurrenceFault({ cron: "0 3 * * 0", timeZone: "Moon/Sea" })).to.contain('"Moon/Sea"');
  });
});
