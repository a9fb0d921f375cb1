import type { JsonObject } from '@workflow-engine/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';

import { engine, faultText } from '../api/engine';
import { useToast } from '../ui/toasts';
import { definitionPath } from './definition-path';
import type { EditedDraft } from './use-draft';

export interface Registration {
  readonly isBusy: boolean;
  /** Leads to the version that this is. */
  readonly register: (definition: JsonObject) => void;
  /** The id of the execution that it starts. */
  readonly registerAndStart: (definition: JsonObject, input: JsonObject) => Promise<string>;
}

/** What becomes of a draft in the end. */
export function useRegistration(draft: EditedDraft): Registration {
  const toast = useToast();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [isBusy, setIsBusy] = useState(false);
  const send = async (
    definition: JsonObject,
  ): Promise<{ readonly name: string; readonly version: number }> => {
    const registered = await engine.definitions.register(definition);
    draft.settle();
    await queries.invalidateQueries({ queryKey: ['definitions'] });
    await queries.invalidateQueries({ queryKey: ['versions', registered.name] });
    return registered;
  };
  const register = (definition: JsonObject): void => {
    if (isBusy) return;
    setIsBusy(true);
    send(definition)
      .then(({ name, version }) => {
        toast(`Registered: ${name} v${version}.`);
        return navigate(definitionPath(name, { version }));
      })
      .catch((error: unknown) => {
        toast(faultText(error), 'fault');
        setIsBusy(false);
      });
  };
  const registerAndStart = async (definition: JsonObject, input: JsonObject): Promise<string> => {
    const { name, version } = await send(definition);
    const { execution_id: id } = await engine.start(name, { version, input });
    return id;
  };
  return { isBusy, register, registerAndStart };
}
