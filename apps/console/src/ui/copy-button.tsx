import { Check, Copy } from 'lucide-react';
import { useState } from 'react';

export interface CopyButtonProps {
  readonly text: string;
  readonly label: string;
  /** Beside the icon, where there is room for it. */
  readonly word?: string;
}

export function CopyButton({ text, label, word }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1_500);
  };
  return (
    <button
      type="button"
      className={word === undefined ? 'icon-button' : undefined}
      aria-label={word !== undefined ? undefined : copied ? 'Copied' : label}
      title={label}
      onClick={() => void copy()}
    >
      {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      {word !== undefined && (copied ? 'Copied' : word)}
    </button>
  );
}
