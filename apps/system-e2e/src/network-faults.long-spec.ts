import { describeNetworks } from './distributed/failing-networks';
import { networkDeaf, networkHalfOpen } from './distributed/nemesis';

describeNetworks('a network that says nothing under load', {
  'half-open': networkHalfOpen,
  deaf: networkDeaf,
});
