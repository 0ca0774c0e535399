/** Path of the link on the master. */
export const AGENT_LINK_PATH = "/api/v1/agent";

/** Header that ties a batch to its stream; the master makes the value, one per SUBSCRIBE. */
export const STREAM_ID_HEADER = "mesos-stream-id";

/** Most bytes of one batch body; a sender splits above, a receiver answers 413. */
export const BATCH_BYTES_MAX = 256 * 1024;

/** Most calls of one batch. */
export const BATCH_CALLS_MAX = 500;

/** Most bytes of one SUBSCRIBE body: 1,000 live tasks and 16 MiB of TaskInfo (agent.md 1), plus their statuses. */
export const SUBSCRIBE_BYTES_MAX = 32 * 1024 * 1024;
