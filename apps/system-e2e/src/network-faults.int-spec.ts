import { describeNetworks } from './distributed/failing-networks';
import { networkCut, networkSlow } from './distributed/nemesis';

describeNetworks('a network that fails under load', { 'slow and lossy': networkSlow, cut: networkCut });
