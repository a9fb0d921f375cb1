import {
  describeArchiveOutboxContract,
  describeEventStreamContract,
  describeExecutionFeedContract,
  describeExecutionStoreContract,
  describePartitionLeasesContract,
  describeTaskQueueContract,
  describeWorkerDirectoryContract,
  VirtualClock,
} from '../../testing/index';
import type { HotPortsSetup } from '../../testing/index';
import { inMemoryHotPorts } from '../embedded/in-memory-hot-ports';

const PARTITIONS = 16;

const setup: HotPortsSetup = async () => {
  const clock = new VirtualClock();
  return {
    ...inMemoryHotPorts(clock, PARTITIONS),
    partitions: PARTITIONS,
    advance: (ms) => clock.advance(ms),
    close: () => Promise.resolve(),
  };
};

describePartitionLeasesContract('in memory', setup);
describeEventStreamContract('in memory', setup);
describeExecutionStoreContract('in memory', setup);
describeTaskQueueContract('in memory', setup);
describeArchiveOutboxContract('in memory', setup);
describeExecutionFeedContract('in memory', setup);
describeWorkerDirectoryContract('in memory', setup);
