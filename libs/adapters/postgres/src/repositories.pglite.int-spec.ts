import { onPglite } from './testing/databases';
import { describeRepositories } from './testing/repositories.contract';

describeRepositories('PGlite', onPglite);
