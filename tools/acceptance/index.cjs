// Checks that run against any engine, over its REST API alone: used by the demo, the acceptance run and the tests.
'use strict';

module.exports = {
  ...require('./engine-client.cjs'),
  ...require('./payload-files.cjs'),
  ...require('./payload-run.cjs'),
};
