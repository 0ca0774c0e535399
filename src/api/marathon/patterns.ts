const LABEL = "(?:[a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])";
const SEGMENT = `(?:(?:${LABEL}\\.)*${LABEL}|\\.|\\.\\.)`;

/** Segments of an app path between slashes; empty segments, `.` and `..` are resolved by normalisation. */
export const APP_PATH = new RegExp(`^/*(?:${SEGMENT}(?:/+${SEGMENT})*)?/*$`);

/** Name of a port definition or port mapping. */
export const PORT_NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;

/** Marathon's executor: `//cmd`, a path, or nothing. */
export const EXECUTOR = /^(?:\/\/cmd|\/?[^/]+(?:\/[^/]+)*|)$/;
