/**
 * Loaded before everything else in a workflow's sandbox. The SDK takes a stack for each promise a workflow makes, of ten
 * frames by default, each looked up in the source map: a tenth of what a workflow costs. Two of the frames are its own,
 * four of ours say where a workflow waits, or broke.
 */
Error.stackTraceLimit = 6;
