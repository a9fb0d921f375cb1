import { X } from 'lucide-react';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly isFault: boolean;
}
type Announce = (text: string, kind?: 'done' | 'fault') => void;

const ToastContext = createContext<Announce>(() => undefined);
const visibleMs = 6_000;
let lastId = 0;

/** Says what an action did; screen readers hear it, faults stay until they are closed. */
export function useToast(): Announce {
  return useContext(ToastContext);
}

export function Toasts({ children }: { readonly children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const close = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);
  const announce = useCallback<Announce>(
    (text, kind = 'done') => {
      lastId += 1;
      const toast = { id: lastId, text, isFault: kind === 'fault' };
      setToasts((all) => [...all.slice(-3), toast]);
      if (!toast.isFault) setTimeout(() => close(toast.id), visibleMs);
    },
    [close],
  );
  const shown = useMemo(
    () =>
      toasts.map((toast) => (
        <div key={toast.id} className={toast.isFault ? 'toast toast-fault' : 'toast'}>
          <span>{toast.text}</span>
          <button type="button" className="icon-button" aria-label="Close" onClick={() => close(toast.id)}>
            <X size={14} aria-hidden />
          </button>
        </div>
      )),
    [toasts, close],
  );
  return (
    <ToastContext value={announce}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {shown}
      </div>
    </ToastContext>
  );
}
