import {
  BookOpen,
  FileJson,
  House,
  Inbox,
  Layers,
  ListTree,
  type LucideIcon,
  Monitor,
  Moon,
  Sun,
} from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { NavLink, useLocation } from 'react-router';

import icon from './icon.svg';
import { KeyboardShortcuts } from './keyboard';

interface Place {
  readonly path: string;
  readonly name: string;
  readonly icon: LucideIcon;
}

const places: readonly Place[] = [
  { path: '/', name: 'Home', icon: House },
  { path: '/executions', name: 'Executions', icon: ListTree },
  { path: '/definitions', name: 'Definitions', icon: FileJson },
  { path: '/dead-letters', name: 'Dead letters', icon: Inbox },
  { path: '/queues', name: 'Queues', icon: Layers },
];

/** Navigation around whatever page is open. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const { pathname } = useLocation();
  return (
    <div className="shell">
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      <nav className="nav" aria-label="Main">
        <NavLink to="/" className="brand" aria-label="Workflow engine, home">
          <img src={icon} alt="" width="26" height="26" />
          <span>Workflow engine</span>
        </NavLink>
        <ul>
          {places.map(({ path, name, icon: Icon }) => (
            <li key={path}>
              <NavLink to={path} end={path === '/'}>
                <Icon size={18} aria-hidden />
                <span>{name}</span>
              </NavLink>
            </li>
          ))}
        </ul>
        <div className="nav-end">
          <a href="/docs" target="_blank" rel="noreferrer">
            <BookOpen size={18} aria-hidden />
            <span>API reference</span>
          </a>
          <ThemeSwitch />
        </div>
      </nav>
      <main id="main" key={pathname.split('/')[1]} tabIndex={-1}>
        {children}
      </main>
      <KeyboardShortcuts />
    </div>
  );
}

const themes = [
  { id: 'system', name: 'system', icon: Monitor },
  { id: 'light', name: 'light', icon: Sun },
  { id: 'dark', name: 'dark', icon: Moon },
] as const;

function ThemeSwitch() {
  const [chosen, setChosen] = useState(() => localStorage.getItem('theme') ?? 'system');
  const index = Math.max(
    0,
    themes.findIndex(({ id }) => id === chosen),
  );
  const theme = themes[index] ?? themes[0];
  useEffect(() => {
    localStorage.setItem('theme', theme.id);
    document.documentElement.dataset.theme = theme.id;
  }, [theme.id]);
  const Icon = theme.icon;
  return (
    <button type="button" onClick={() => setChosen(themes[(index + 1) % themes.length]?.id ?? 'system')}>
      <Icon size={18} aria-hidden />
      <span>Theme: {theme.name}</span>
    </button>
  );
}
