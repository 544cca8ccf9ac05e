/** The door of lib/jobs: a job file in, messages out; and a message back into a job on the worker's side. */
export { BadMessageError, JobFileError } from './errors.ts';
export type { Group } from './group.ts';
export type { Gap } from './groups/index.ts';
export type { JobFileHeader } from './header.ts';
export { isAbsolutePath } from './location.ts';
export { jobId } from './job-id.ts';
export { openJobFile, type JobFile, type JobFileOptions } from './job-file.ts';
export { MAX_JOB_BYTES, MAX_MESSAGE_BYTES } from './make-message.ts';
export type { Failure, History, Message, Scalar } from './message.ts';
export { DEFAULT_RUN, parametersOf, parseMessage, toBody, type JobMessage } from './parse-message.ts';
export { runNameOf, safeName } from './run-name.ts';
