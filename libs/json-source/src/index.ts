export { JsonSource } from './json-source';
export type { DocumentFault } from './json-source';
export { objectExpected, syntaxFault } from './syntax-fault';
export type { Span, TextFault } from './text-fault';
