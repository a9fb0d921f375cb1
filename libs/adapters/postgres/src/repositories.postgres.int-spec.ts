import { onPostgres } from './testing/databases';
import { describeRepositories } from './testing/repositories.contract';

describeRepositories('PostgreSQL', onPostgres);
