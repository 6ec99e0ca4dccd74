"""Time as the chart shows it: the window, its way back, round local times. No Qt."""
