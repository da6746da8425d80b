import { sentence } from './toasts.svelte.ts';

/** What a form is doing: whether its one act is under way, and what went wrong with it, in a sentence. */
export class Submitting {
  busy = $state(false);
  problem = $state('');

  /** Do it; a failure becomes the problem. */
  async run(act: () => Promise<unknown>): Promise<void> {
    this.busy = true;
    this.problem = '';
    try {
      await act();
    } catch (error) {
      this.problem = sentence(error);
    } finally {
      this.busy = false;
    }
  }
}
