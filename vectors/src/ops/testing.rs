//! Finite differences, against which every backward pass in this folder is tested.

use candle_core::{Device, Result, Tensor};

/// Returns reproducible random numbers between -1 and 1.
pub(crate) fn random(shape: &[usize], seed: u64) -> Tensor {
    use rand::{RngExt, SeedableRng};
    let mut generator = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let values: Vec<f32> =
        (0..shape.iter().product::<usize>()).map(|_| generator.random_range(-1.0..1.0)).collect();
    Tensor::from_vec(values, shape, &Device::Cpu).unwrap()
}

/// Checks `backward(x, dy)` against central differences of `sum(forward(x) * dy)`, element by element.
pub(crate) fn assert_gradient(
    x: &Tensor,
    forward: impl Fn(&Tensor) -> Result<Tensor>,
    backward: impl Fn(&Tensor, &Tensor) -> Result<Tensor>,
) {
    const STEP: f32 = 5e-3;
    let y = forward(x).unwrap();
    let dy = random(y.dims(), 99);
    let weighted = |x: &Tensor| {
        let products = (forward(x).unwrap() * &dy).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
        products.iter().map(|p| f64::from(*p)).sum::<f64>()
    };
    let gradient = backward(x, &dy).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
    let values = x.flatten_all().unwrap().to_vec1::<f32>().unwrap();
    assert_eq!(gradient.len(), values.len());
    let largest = gradient.iter().fold(0.0_f32, |m, g| m.max(g.abs()));
    assert!(largest > 0.0, "the gradient is zero everywhere");
    for index in 0..values.len() {
        let moved = |by: f32| {
            let mut values = values.clone();
            values[index] += by;
            weighted(&Tensor::from_vec(values, x.dims(), &Device::Cpu).unwrap())
        };
        let difference = (moved(STEP) - moved(-STEP)) / f64::from(2.0 * STEP);
        let error = (difference - f64::from(gradient[index])).abs();
        let bound = 2e-3 * f64::from(largest) + 1e-4;
        assert!(error < bound, "element {index}: gradient {}, difference {difference}", gradient[index]);
    }
}
