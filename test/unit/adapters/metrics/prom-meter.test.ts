import { expect } from "chai";
import { PromMeter } from "../../../../src/adapters/metrics/prom-meter.ts";

describe("PromMeter", () => {
  const counterSpec = {
    name: "tasks_total",
    help: "Tasks.",
    stability: "alpha",
    labelNames: ["state"],
  } as const;

  it("exposes counters, gauges and histograms in Prometheus' text format", async () => {
    const meter = new PromMeter({ defaults: false });
    meter.counter(counterSpec).add(2, { state: "running" });
    meter.gauge({ name: "depth", help: "Depth.", stability: "alpha" }).set(7);
    const spec = { name: "took_seconds", help: "Took.", stability: "alpha" } as const;
    meter.histogram({ ...spec, buckets: [1, 2] }).observe(1.5);
    const { text, contentType } = await meter.expose();
    expect(contentType).to.contain("text/plain");
    expect(text).to.contain("# HELP tasks_total Tasks.");
    expect(text).to.contain('tasks_total{state="running"} 2');
    expect(text).to.contain("depth 7");
    expect(text).to.contain('took_seconds_bucket{le="2"} 1');
  });

  it("gives the same metric to all who define it alike, and refuses another definition", async () => {
    const meter = new PromMeter({ defaults: false });
    meter.counter(counterSpec).add(1, { state: "a" });
    meter.counter({ ...counterSpec }).add(1, { state: "a" });
    expect((await meter.expose()).text).to.contain('tasks_total{state="a"} 2');
    expect(() => meter.counter({ ...counterSpec, help: "Others." })).to.throw("one definition");
  });

  it("asks for computed gauges only when somebody looks", async () => {
    const meter = new PromMeter({ defaults: false });
    const gauge = meter.gauge({ name: "age_seconds", help: "Age.", stability: "alpha" });
    let looks = 0;
    meter.onCollect(() => gauge.set((looks += 1)));
    expect(looks).to.equal(0);
    await meter.expose();
    expect((await meter.expose()).text).to.contain("age_seconds 2");
  });

  it("drops a series with its object", async () => {
    const meter = new PromMeter({ defaults: false });
    const spec = { name: "apps", help: "Apps.", stability: "alpha", labelNames: ["app"] } as const;
    const gauge = meter.gauge(spec);
    gauge.set(1, { app: "a" });
    gauge.remove({ app: "a" });
    expect((await meter.expose()).text).not.to.contain('app="a"');
  });

  it("brings the names of process and Node.js that dashboards know", async () => {
    const { text } = await new PromMeter({ defaults: true }).expose();
    expect(text)
      .to.contain("process_cpu_user_seconds_total")
      .and.to.contain("nodejs_eventloop_lag");
  });
});
