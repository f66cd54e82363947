//! The company's own side: everything that is not about one customer.

use crate::files::Files;
use crate::world::World;
use crate::{market, spending, staff_activity};

/// Writes products, staff and what they do, articles, spending, market figures and rates.
pub(crate) fn write(world: &World, files: &mut Files) {
    let start = world.clock.start();
    world.assortment.write(files, start);
    world.team.write(files, &world.clock);
    world.knowledge.write(files, start);
    staff_activity::write(world, files);
    spending::write(world, files);
    market::write(world, files);
}
