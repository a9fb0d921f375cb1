// The first seed that breaks a promise with the engine in a folder: node first-caught.cjs <folder> <seeds>
const { join } = require('node:path');

const [folder, seeds] = process.argv.slice(2);
const { simulate } = require(join(folder, 'testing/simulation/simulation.js'));

void (async () => {
  for (let seed = 1; seed <= Number(seeds); seed++) {
    const { faults } = await simulate(seed);
    if (faults.length === 0) continue;
    console.log(JSON.stringify({ seed, fault: faults[0].replace(/[0-9a-f-]{32,}/g, '…').slice(0, 100) }));
    return;
  }
  console.log(JSON.stringify({ seed: 0, fault: 'none: it survives' }));
})();
