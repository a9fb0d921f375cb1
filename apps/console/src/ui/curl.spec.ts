import { describe, expect, it } from '@jest/globals';

import { curlOf } from './curl';

describe('a curl command', () => {
  it('posts the body', () => {
    expect(curlOf('http://localhost:8000/workflow', { a: 1 })).toBe(
      `curl -s http://localhost:8000/workflow -H 'content-type: application/json' -d '{\n  "a": 1\n}'`,
    );
  });

  it('runs nothing that its texts hold', () => {
    const command = curlOf('http://localhost/x?$(id)', { a: "'; rm -rf / #" });
    expect(command).toContain("'http://localhost/x?$(id)'");
    expect(command).toContain(`"'\\''; rm -rf / #"`);
  });
});
