import { mount } from 'svelte';
import App from './app/App.svelte';
import './ui/tokens.css';
import './ui/base.css';
import { sayValidity } from './ui/validity.ts';

const target = document.getElementById('app');
if (!target) throw new Error('the page has no #app');
sayValidity();
mount(App, { target });
