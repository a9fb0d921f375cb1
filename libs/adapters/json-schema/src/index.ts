export { AjvSchemaValidator } from './ajv-schema-validator';
export { defaultSchemaLimits, type SchemaLimits } from './limits';
