import { mount } from 'svelte';
import { prepare } from '$lib/format';
import App from './App.svelte';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/motion.css';
import './styles/print.css';

const target = document.getElementById('app');
if (target) mount(App, { target });
// While the first answer is on its way rather than when it is there.
setTimeout(prepare);
