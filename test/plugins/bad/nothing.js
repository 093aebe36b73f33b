export const plugin = { name: 'nothing' };
