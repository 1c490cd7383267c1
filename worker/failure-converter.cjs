// Messages and stacks of failures go through the payload codec too; in histories they are plain text otherwise.
// CommonJS, and not compiled, because Temporal loads it by path.
const { DefaultFailureConverter } = require('@temporalio/common');

exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
